from clinic.guards import Guard

GUARDS: tuple[Guard, ...] = ()
