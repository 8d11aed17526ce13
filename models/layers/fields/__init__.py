"""The meaning of channels: fields of a group, and the action on them."""
