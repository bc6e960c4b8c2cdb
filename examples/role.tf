# The role of the wait. Create it in the account of the delegated administrator for IAM Identity Center, or in the management account.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

variable "instance_arn" {
  description = "The IAM Identity Center instance"
  type        = string
}

variable "subject" {
  description = "Subject of the jobs that may assume the role, as in repo:octo-org/identity:environment:production. For repositories created, renamed or transferred since 15 July 2026, it has IDs, as in repo:octo-org@123456/identity@456789:environment:production"
  type        = string

  validation {
    condition     = can(regex("^repo:[^*?]+$", var.subject))
    error_message = "The subject must begin with repo: and must not have a wildcard."
  }
}

variable "audience" {
  description = "sts.amazonaws.com.cn in China"
  type        = string
  default     = "sts.amazonaws.com"
}

variable "create_oidc_provider" {
  description = "Whether to create GitHub's OIDC provider, of which an account can have only one"
  type        = bool
  default     = false
}

variable "see_more" {
  description = "Whether to allow the reads that until: rolled-out and until: idle need, and those that show names, count accounts and save calls"
  type        = bool
  default     = true
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  issuer            = "token.actions.githubusercontent.com"
  oidc_provider_arn = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.issuer}"
  permission_sets   = "${replace(var.instance_arn, ":instance/", ":permissionSet/")}/*"
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = var.create_oidc_provider ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = [var.audience]
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = [var.audience]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = [var.subject]
    }
  }
}

data "aws_iam_policy_document" "wait" {
  statement {
    sid = "Wait"

    # Keep only the operations whose requests you wait for.
    actions = [
      "sso:DescribePermissionSetProvisioningStatus",
      "sso:DescribeAccountAssignmentCreationStatus",
      "sso:DescribeAccountAssignmentDeletionStatus",
    ]
    resources = [var.instance_arn]
  }

  dynamic "statement" {
    for_each = var.see_more ? [1] : []

    content {
      sid = "SeeMore"

      actions = [
        # The primary Region, after a call to another Region.
        "sso:DescribeInstance",
        # The permission set's name.
        "sso:DescribePermissionSet",
        # How many accounts hold the latest version, and which do not. until: rolled-out needs it.
        "sso:ListAccountsForProvisionedPermissionSet",
        # Which permission sets the instance has. permission-set-arn: all needs it.
        "sso:ListPermissionSets",
        # One call for up to 100 requests. until: idle needs all three, until: rolled-out the first.
        "sso:ListPermissionSetProvisioningStatus",
        "sso:ListAccountAssignmentCreationStatus",
        "sso:ListAccountAssignmentDeletionStatus",
      ]
      resources = [var.instance_arn, local.permission_sets]
    }
  }
}

resource "aws_iam_role" "wait" {
  name_prefix        = "wait-for-provisioning-"
  description        = "Waits for provisioning requests of IAM Identity Center; reads only"
  assume_role_policy = data.aws_iam_policy_document.trust.json

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "wait" {
  name   = "wait"
  role   = aws_iam_role.wait.id
  policy = data.aws_iam_policy_document.wait.json
}

output "role_arn" {
  description = "For the input role-to-assume"
  value       = aws_iam_role.wait.arn
}
