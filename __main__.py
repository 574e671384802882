"""The program that `pulumi up` runs."""

from outputs import export
from settings.load import load_settings
from stack import build

export(build(load_settings()))
