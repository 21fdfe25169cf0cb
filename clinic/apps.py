from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    """The shared floor: clinics, people, roles, tokens and the audit trail."""

    name = "clinic"
    verbose_name = _("Clinic")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate

        from clinic import lookups
        from clinic.guards import install_guards, lift_guards

        lookups.register()

        # Django rebuilds SQLite tables on ALTER and drops their triggers with them,
        # so the guards are laid again after every migrate.
        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="clinic.guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="clinic.guards")
