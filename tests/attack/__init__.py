"""The site as somebody tries it who means harm: who may do what, and requests that no browser sends."""
