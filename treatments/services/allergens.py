from itertools import chain

from treatments.models import Activator, Allergen, Ingredient, IngredientClass

# One can be allergic to whatever goes into the skin: these stand before the curators' own rows.
_FIRST = 500


def keep_allergens_in_step() -> int:
    """Make every ingredient, class and activator in use an allergen under its own code.

    Allergens are never taken away: records name them. Returns how many were added or
    put to use again.
    """
    ingredients = Ingredient.objects.active().filter(never_proposed=False)
    classes = IngredientClass.objects.active().filter(ingredients__in=ingredients).distinct()
    rows = chain(ingredients, classes, Activator.objects.active())
    names = {row.code: row.name for row in reversed(list(rows))}
    known = {row.code: row for row in Allergen.objects.filter(code__in=names)}
    lacking = [
        known.get(code) or Allergen(code=code, name=name, position=_FIRST)
        for code, name in names.items()
        if code not in known or not known[code].active
    ]
    for allergen in lacking:
        allergen.active = True
        allergen.full_clean()
        allergen.save()
    return len(lacking)
