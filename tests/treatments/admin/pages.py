"""Filling in an admin page as a browser does: what the page shows is sent back with the changes."""

from django.urls import reverse


def page(model, view="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{view}", args=args)


def filled(response, lines=None, **fields):
    """The form as sent: what the page shows, `fields` over it, new `lines` by prefix."""
    form = response.context["adminform"].form
    data = dict(_shown(form))
    for inline in response.context["inline_admin_formsets"]:
        data.update(_lines(inline.formset, (lines or {}).get(inline.formset.prefix, [])))
    return data | fields


def submitted(client, url, lines=None, **fields):
    """Open the page, change it, save it; the page that comes then."""
    return client.post(url, filled(client.get(url), lines, **fields), follow=True)


def saved(client, url, lines=None, **fields):
    """The same where saving has to succeed."""
    answer = submitted(client, url, lines, **fields)
    assert answer.redirect_chain, faults(answer)
    assert {message.level_tag for message in answer.context["messages"]} == {"success"}, told(
        answer
    )
    return answer


def faults(response):
    """Every complaint of a page that was not saved."""
    context = response.context
    texts = [text for errors in context["adminform"].form.errors.values() for text in errors]
    for inline in context["inline_admin_formsets"]:
        texts += inline.formset.non_form_errors()
        texts += [t for form in inline.formset.forms for e in form.errors.values() for t in e]
    return texts


def told(response):
    """The messages on the page after a redirect."""
    return [str(message) for message in response.context["messages"]]


def _shown(form):
    for bound in form:
        value = bound.value()
        if isinstance(value, bool):
            if value:
                yield bound.html_name, "on"
        elif isinstance(value, list | tuple):
            yield bound.html_name, [str(getattr(one, "pk", one)) for one in value]
        elif value is not None:
            yield bound.html_name, str(value)


def _lines(formset, added):
    prefix, kept = formset.prefix, formset.initial_form_count()
    data = dict(_shown(formset.management_form))
    for form in formset.forms[:kept]:
        data.update(_shown(form))
    for number, line in enumerate(added, start=kept):
        data.update({f"{prefix}-{number}-{name}": value for name, value in _blank(formset).items()})
        data.update({f"{prefix}-{number}-{name}": value for name, value in line.items()})
    data[f"{prefix}-TOTAL_FORMS"] = str(kept + len(added))
    return data


def _blank(formset):
    """A new line as the page's “add another” makes it."""
    empty = formset.empty_form
    return {
        name.removeprefix(f"{empty.prefix}-"): value
        for name, value in _shown(empty)
        if not name.endswith("-DELETE")
    }
