"""`createclinic`: the first rows of a real installation, a clinic and its administrator."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import User
from clinic.services import open_clinic


class Command(BaseCommand):
    help = "Add a clinic and its first administrator, who then adds everybody else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="a short name for addresses")
        parser.add_argument("--name", required=True)
        parser.add_argument("--timezone", default="UTC", help="for example Europe/Athens")
        parser.add_argument("--admin", required=True, help="the administrator's login name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            clinic = open_clinic(
                code=options["code"],
                name=options["name"],
                timezone=options["timezone"],
                admin=options["admin"],
                password=self._password(options["admin"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{clinic.name} is open; {options['admin']} can log in.")

    def _password(self, admin: str) -> str:
        """Typed twice, or the first line of standard input; never an argument that others see."""
        if not sys.stdin.isatty():
            password = sys.stdin.readline().rstrip("\n")
        else:
            password = getpass.getpass("Password: ")
            if password != getpass.getpass("Again: "):
                raise CommandError("The two passwords differ.")
        try:
            validate_password(password, User(username=admin))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return password
