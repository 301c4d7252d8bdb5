"""Engines of TensorRT as networks.

Two ways to run one, behind one interface: by the index of a binding (TensorRT 8.2, ``bindings``), and by the name of a
tensor (from 8.5 on, and the only way from 10 on, ``tensors``). What the installed TensorRT has decides (``installed``).
"""
