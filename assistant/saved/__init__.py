"""Saved questions: asked again after a refresh, with what has changed in their answers told."""
