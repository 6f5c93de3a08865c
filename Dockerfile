FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt constraints.txt ./
# The tools under "Tests and checks" stay out of the image.
RUN sed '/^# Tests and checks/,/^import-linter/d' requirements.txt > run.txt \
    && pip install --no-cache-dir -r run.txt && rm run.txt
COPY . .
RUN useradd --system --home /app tokentally \
    && mkdir -p data && chown -R tokentally data
USER tokentally
EXPOSE 8501
VOLUME /app/data
HEALTHCHECK CMD python -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health')"
CMD ["python", "-m", "streamlit", "run", "app.py", "--server.address", "0.0.0.0"]
