echo "= hook of $GITHUB_JOB"
echo "HOOKED=yes" >> "$GITHUB_ENV"
