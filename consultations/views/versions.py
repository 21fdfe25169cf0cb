from django.http import HttpRequest


def version_in(request: HttpRequest) -> int:
    """The version that the page was made from; one that cannot be read is never current."""
    try:
        return int(request.POST["version"])
    except (KeyError, ValueError):
        return 0
