"""Prints the elements of an envelope on standard input, as in vNN.elements.

    tree.py VERSION
"""
import sys

from envelope import Envelope

for element in Envelope(sys.argv[1], sys.stdin.buffer.read()).elements:
    print(element)
