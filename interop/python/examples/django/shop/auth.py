import os

from redis_web_token import Rwt
from redis_web_token.django import DjangoAuth

rwt = Rwt(redis=os.environ.get("REDIS_URL", "redis://localhost:6379"), secret=os.environ.get("RWT_SECRET"))
auth = DjangoAuth(rwt, carriers=["bearer", "cookie"])
middleware = auth.middleware  # "shop.auth.middleware" in settings.MIDDLEWARE
