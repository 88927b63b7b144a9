"""The web app: pages for people, over services that know nothing of Flask."""
