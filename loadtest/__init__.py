"""Load tests: Locust users of the site, the annotator's load, and their reports."""
