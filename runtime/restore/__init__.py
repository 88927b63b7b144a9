"""Asks S3 for the archived results of who has become Premium, and sees to who is Free again."""
