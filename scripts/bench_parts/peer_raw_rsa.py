"""Verifies the bare RSA-2048 signature, and nothing else."""

import base64
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256


sys.path.append(str(Path(__file__).parent))

from blocks import tell_calls
from sample_id_token import sample


one = sample()
key = one.key.public_key
signed, _, encoded = one.id_token.rpartition(".")
data, signature = signed.encode(), base64.urlsafe_b64decode(encoded + "==")
tell_calls(lambda: key.verify(signature, data, PKCS1v15(), SHA256()), 200)
