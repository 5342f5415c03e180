from django.urls import path
from shop import views

urlpatterns = [
    path("login", views.login),
    path("private", views.private),
    path("devices", views.devices),
    path("logout", views.logout),
    path("logout-everywhere", views.logout_everywhere),
]
