"""Tables as text: terminal, Markdown, CSV and LaTeX."""
