# SPDX-License-Identifier: Apache-2.0
"""Secrets in the shapes that the redactor knows, each with a core by which it is found again."""

import base64
import json
import random
import string
import zlib

LETTERS = string.ascii_letters + string.digits
SHAPES = {}


def shape(function):
    SHAPES[function.__name__.replace("_", " ")] = function
    return function


def core(size=40, alphabet=LETTERS):
    return "".join(random.SystemRandom().choices(alphabet, k=size))


def base64url(text):
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@shape
def an_API_key_of_ours():
    secret = core(43)
    body = f"mcp_{core(8, string.ascii_lowercase + string.digits)}_{secret}"
    return f"{body}_{zlib.crc32(body.encode()):08x}", secret


@shape
def the_password_of_a_URL():
    secret = core()
    return f"https://user:{secret}@index.example/simple", secret


@shape
def the_token_of_a_URL():
    secret = core()
    return f"https://{secret}@index.example/simple", secret


@shape
def a_bearer_token():
    secret = core()
    return f"Bearer {secret}", secret


@shape
def basic_credentials():
    secret = core(44)
    return f"Basic {secret}", secret


@shape
def a_JSON_web_token():
    secret = core(43)
    return f"{base64url(json.dumps({'alg': 'HS256'}))}.{base64url(json.dumps({'sub': 'x'}))}.{secret}", secret


@shape
def a_PEM_block():
    secret = core(64)
    return f"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----", secret


@shape
def a_token_of_GitHub():
    secret = core(36)
    return f"ghp_{secret}", secret


@shape
def a_fine_token_of_GitHub():
    secret = core(59)
    return f"github_pat_{core(22)}_{secret}", secret


@shape
def a_token_of_GitLab():
    secret = core(20)
    return f"glpat-{secret}", secret


@shape
def a_key_of_AWS():
    secret = core(16, string.ascii_uppercase + "234567")
    return f"AKIA{secret}", secret


@shape
def a_token_of_Slack():
    secret = core(24)
    return f"xoxb-{core(12, string.digits)}-{core(12, string.digits)}-{secret}", secret


@shape
def a_key_that_begins_with_sk():
    secret = core(48)
    return f"sk-{secret}", secret


@shape
def a_token_of_PyPI():
    secret = core(80)
    return f"pypi-{secret}", secret


@shape
def a_token_of_npm():
    secret = core(36)
    return f"npm_{secret}", secret


@shape
def a_password_by_its_name():
    secret = core()
    return f"password={secret}", secret


@shape
def a_token_by_its_name():
    secret = core()
    return f"token={secret}", secret


@shape
def a_secret_by_its_name():
    secret = core()
    return f"secret={secret}", secret


@shape
def an_API_key_by_its_name():
    secret = core()
    return f"api_key={secret}", secret
