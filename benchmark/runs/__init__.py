"""One run: its configuration, training, scores and record, and the machine that it runs on."""
