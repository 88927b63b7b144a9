"""Sign-in with an institution, by OpenID Connect."""
