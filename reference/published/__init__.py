"""Bundles in S3: a folder NAME-VERSION each, whose manifest.json is written last."""
