# The programs that the examples call. An empty argument comes from a variable that nobody has set. PYTHON is a real Python.

answer() {
  echo "{ \"$1\": { \"Status\": \"IN_PROGRESS\", \"RequestId\": \"5a1b2c3d-0123-4567-89ab-00000000000$2\" } }"
}

aws() {
  for argument; do [ -n "$argument" ] || exit 252; done
  case "$*" in
    *" --query "*.RequestId*) echo 5a1b2c3d-0123-4567-89ab-000000000001 ;;
    *" --query length("*) echo 1 ;;
    "sso-admin list-accounts-for-provisioned-permission-set "*) echo 111122223333 444455556666 ;;
    "cloudformation deploy "*) ;;
    "cloudformation describe-stacks "*) echo arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef ;;
    "sso-admin provision-permission-set "*) answer PermissionSetProvisioningStatus 1 ;;
    "sso-admin create-account-assignment "*) answer AccountAssignmentCreationStatus 2 ;;
    "sso-admin delete-account-assignment "*) answer AccountAssignmentDeletionStatus 3 ;;
    *) exit 252 ;;
  esac
}

terraform() {
  case "$*" in
    "init -input=false" | "apply -input=false -auto-approve") ;;
    "output -json "*) echo '{"reader":"arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"}' ;;
    *) exit 1 ;;
  esac
}

gh() {
  case "${GH_TOKEN:?} ${GH_REPO:?} $1 $2" in
    *" issue list")
      while [ "$1" != --jq ]; do shift; done
      issue='{ "number": 7, "createdAt": "2026-11-02T03:23:40Z", "body": "5a1b2c3d-0123-4567-89ab-000000000001\n" }'
      jq --raw-output "$2" <<< "[$issue]" ;;
    *" issue create" | *" issue edit" | *" issue close" | *" issue comment" | *" label create") ;;
    *) exit 1 ;;
  esac
}

# Makes a virtual environment.
python3() {
  mkdir -p "$3/bin"
  echo '#!/bin/sh' > "$3/bin/pip"
  printf '#!/bin/sh\nexec "%s" "$@"\n' "$PYTHON" > "$3/bin/python"
  chmod +x "$3/bin/pip" "$3/bin/python"
}
