/** The Python modules that the tests of interop/python import, by their Debian packages. */
export const PYTHON_MODULES: Readonly<Record<string, string>> = {
  cryptography: "python3-cryptography",
  django: "python3-django",
  fastapi: "python3-fastapi",
  hatchling: "python3-hatchling",
  httpx: "python3-httpx",
  mypy: "mypy",
  pip: "python3-pip",
  pytest: "python3-pytest",
  redis: "python3-redis",
  uvicorn: "python3-uvicorn",
};

/** Arguments of a Python that fails unless it has all of them. */
export const PYTHON_CHECK: readonly string[] = ["-c", `import ${Object.keys(PYTHON_MODULES).join(", ")}`];
