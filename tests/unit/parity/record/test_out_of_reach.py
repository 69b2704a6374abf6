"""No file of this machine gets into what a host's files are rendered to: by the first line of defence, and by both."""

from __future__ import annotations
