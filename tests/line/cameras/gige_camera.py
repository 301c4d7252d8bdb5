"""Aravis's fake camera, which speaks GigE Vision on loopback, in a process of its own: `python gige_camera.py SERIAL`.

It is Aravis's own: Debian has its library, and the program with it only in a package that brings a desktop.
"""

import ctypes
import sys
import time


def main(serial):
    aravis = ctypes.CDLL("libaravis-0.8.so.0")
    aravis.arv_gv_fake_camera_new.restype = ctypes.c_void_p
    aravis.arv_gv_fake_camera_new.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    aravis.arv_gv_fake_camera_is_running.argtypes = [ctypes.c_void_p]
    camera = aravis.arv_gv_fake_camera_new(b"127.0.0.1", serial.encode())
    if not camera or not aravis.arv_gv_fake_camera_is_running(camera):
        sys.exit("the fake camera does not run on 127.0.0.1")
    print("serving", flush=True)
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main(*sys.argv[1:])
