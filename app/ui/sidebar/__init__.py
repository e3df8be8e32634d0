"""The list of chats: search, groups by day, rename, delete and put back."""
