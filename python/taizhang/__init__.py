"""taizhang."""
