"""nano-ocr's application: reads printed product codes, on a Jetson Nano and on any other computer.

The floors (an import only points down)::

    cli -> benchmark -> readers -> networks -> imaging -> types, errors

Everything in this package is Python 3.6 syntax, because the Nano's TensorRT binding is for 3.6 only.
"""

__version__ = "0.1.0"
