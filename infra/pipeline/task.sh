#!/usr/bin/env bash
# One step of the pipeline, said by TASK: test, build or deploy (with ENVIRONMENT of samconfig.toml and STACK).
set -euo pipefail
SAM=(.set-up/uv/bin/uv tool run --from aws-sam-cli==1.170.0 sam)
GOOD="s3://${RELEASES:-}/${STACK:-}.good.zip"

deploy() { # the release that lies in .aws-sam/build
  "${SAM[@]}" deploy --template "$PWD/.aws-sam/build/template.yaml" --config-file "$PWD/samconfig.toml" \
    --config-env "$ENVIRONMENT" --stack-name "$STACK" --no-confirm-changeset --no-fail-on-empty-changeset
}

back() { # to the last release that passed
  echo "The smoke test failed; going back to the last good release." >&2
  rm -rf .aws-sam/build
  if aws s3 cp "$GOOD" good.zip && unzip -q good.zip; then deploy; else echo "There is no good release yet." >&2; fi
  exit 1
}

case "$TASK" in
  test) bash .ci/run ;;
  build) make set-up build ;;
  deploy)
    make set-up
    deploy # CodeDeploy goes back by itself when the alarm rings while callers move over
    if aws cloudformation describe-stacks --stack-name "$STACK" --output text \
      --query "Stacks[0].Outputs[?OutputKey=='WebBucket'].OutputValue" | grep -q .; then
      make publish STACK="$STACK" ARGS="--profile $ENVIRONMENT"
    fi
    make smoke STACK="$STACK" || back
    zip -qr good.zip .aws-sam/build && aws s3 cp good.zip "$GOOD"
    ;;
  *) echo "TASK=$TASK is none of test, build, deploy" >&2 && exit 2 ;;
esac
