"""The web app: pages for people, over services that don't use Flask."""
