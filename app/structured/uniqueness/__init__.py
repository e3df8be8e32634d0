"""`uniqueItems` while sampling, which no grammar can: what would make an item stand twice is refused."""
