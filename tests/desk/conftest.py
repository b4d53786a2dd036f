"""What the tests of the desk share with the others: the seeds, a ledger, and a Spark session."""

import os
import sys
from pathlib import Path

import pytest
from packages import need

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "python"))


@pytest.fixture(scope="session")
def java():
    """Java 17: the system's, or Debian's package where we may install it."""
    return need("java", "openjdk-17-jre-headless")


@pytest.fixture(scope="session")
def spark(java, tmp_path_factory):
    """Four threads, and a task may fail twice before its job does."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession

    home = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.memory": "2g",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(home / "warehouse"),
        "spark.local.dir": str(home / "local"),
        "spark.sql.execution.arrow.maxRecordsPerBatch": "100",
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    builder = SparkSession.builder.master("local[4,3]").appName("taizhang")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
