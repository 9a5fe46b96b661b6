# The documents are plain Python made with reportlab: models import them when they need one, nothing to register here.
