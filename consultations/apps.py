from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    """The flow: who it is about, what was said, proposed and decided."""

    name = "consultations"
    verbose_name = _("Consultations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate, pre_migrate

        from clinic.guards import install_guards, lift_guards

        pre_migrate.connect(lift_guards, sender=self, dispatch_uid="consultations.guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="consultations.guards")

        from consultations.services.blast import missing_run
        from treatments.services.drafts import PRECONDITIONS

        if missing_run not in PRECONDITIONS:
            PRECONDITIONS.append(missing_run)

        from consultations.services.catching_up import catch_up_with_decision
        from treatments.services.releases import AFTER_DECISION

        if catch_up_with_decision not in AFTER_DECISION:
            AFTER_DECISION.append(catch_up_with_decision)
