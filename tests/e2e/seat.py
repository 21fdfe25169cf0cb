"""Somebody sits down at the browser: logged in without the login page."""

from django.test import Client


def take_seat(page, root, user):
    client = Client()
    client.force_login(user)
    told = client.cookies.items()
    cookies = [{"name": name, "value": one.value, "url": root} for name, one in told]
    page.context.clear_cookies()
    page.context.add_cookies(cookies)
