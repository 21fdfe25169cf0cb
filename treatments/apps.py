from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TreatmentsConfig(AppConfig):
    """The knowledge: what staff curate, what a release freezes, and the engine that reads it."""

    name = "treatments"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate

        from clinic.guards import install_guards, lift_guards

        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="treatments.guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="treatments.guards")
