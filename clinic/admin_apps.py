from django.contrib.admin.apps import AdminConfig


class ConsiliumAdminConfig(AdminConfig):
    """Django's admin on our own site, whose door is the role and not the staff flag."""

    default_site = "clinic.admin_site.ConsiliumAdminSite"
