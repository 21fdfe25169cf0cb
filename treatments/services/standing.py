"""Where releases stand: what is in force, what was before, what waits, what the rows hold."""

from dataclasses import dataclass

from django.utils import timezone

from treatments.compiler import Fate, Reign, reigns_of
from treatments.models import Release, ReleaseActivation
from treatments.services.going_back import rows_lag_behind


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``lag``: the release that the rows hold and the one that they should, where they differ."""

    reigns: tuple[Reign, ...]
    lag: tuple[Release, Release] | None

    @property
    def current(self) -> Release | None:
        return next((one.activation.release for one in self._of(Fate.CURRENT)), None)

    @property
    def former(self) -> Release | None:
        """The release that was in force before this one: where the way back leads."""
        past = (one.activation.release for one in self._of(Fate.PAST))
        return next((release for release in past if release != self.current), None)

    @property
    def waiting(self) -> list[ReleaseActivation]:
        return [one.activation for one in self._of(Fate.TO_COME)]

    def history_of(self, release: Release) -> list[Reign]:
        return [one for one in self.reigns if one.activation.release_id == release.pk]

    def _of(self, fate: Fate) -> list[Reign]:
        return [one for one in self.reigns if one.fate is fate]


def standing_now() -> Standing:
    rows = ReleaseActivation.objects.select_related("release", "activated_by")
    reigns = reigns_of(rows.defer("release__body"), timezone.now())
    return Standing(reigns=tuple(reigns), lag=rows_lag_behind())
