"""Stand-in: bindings by index were removed with 10.0."""


class _BindingsByIndex:
    __slots__ = ()
