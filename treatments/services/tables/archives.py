"""Looking into an uploaded archive without trusting what it says about itself."""

import io
import zipfile
import zlib
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST_UNPACKED: Final = 20 * 1024 * 1024
MOST_PARTS: Final = 200
_ENCRYPTED: Final = 0x1


def parts_of(data: bytes, *, place: str) -> dict[str, bytes]:
    """Every file of an archive by its name, as long as all of them together stay small."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _parts(archive, place)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError):
        raise ValidationError(
            _("%(place)s: this archive is damaged or of no kind that is known here.")
            % {"place": place},
            code="archive",
        ) from None


def _parts(archive: zipfile.ZipFile, place: str) -> dict[str, bytes]:
    listed = [info for info in archive.infolist() if not info.is_dir()]
    names = {info.filename for info in listed}
    if len(listed) > MOST_PARTS or len(names) < len(listed):
        raise _refused(place, _("too many files, or one of them twice"))
    if any(info.flag_bits & _ENCRYPTED for info in listed):
        raise _refused(place, _("a file with a password"))
    if sum(info.file_size for info in listed) > LARGEST_UNPACKED:
        raise _refused(place, _("more than %(size)d MB when unpacked") % {"size": _megabytes()})
    found, left = {}, LARGEST_UNPACKED
    for info in listed:
        with archive.open(info) as part:
            found[info.filename] = part.read(left + 1)
        left -= len(found[info.filename])
        if left < 0:  # larger than it said
            raise _refused(place, _("more than %(size)d MB when unpacked") % {"size": _megabytes()})
    return found


def _megabytes() -> int:
    return LARGEST_UNPACKED // (1024 * 1024)


def _refused(place: str, what: str) -> ValidationError:
    text = _("%(place)s: the archive holds %(what)s.") % {"place": place, "what": what}
    return ValidationError(text, code="archive")
