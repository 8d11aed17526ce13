"""Speed: tables and figures of what ``symbreak bench`` measures."""
