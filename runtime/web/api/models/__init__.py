"""What the API takes and answers. Times are RFC 3339 in UTC."""
