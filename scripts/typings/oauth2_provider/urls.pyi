from django.urls import URLPattern

metadata_urlpatterns: list[URLPattern]
base_urlpatterns: list[URLPattern]
oidc_urlpatterns: list[URLPattern]
