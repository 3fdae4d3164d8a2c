from django.contrib.auth.models import User

class Request:
    user: User
