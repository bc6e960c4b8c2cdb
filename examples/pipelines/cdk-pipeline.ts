import type { Environment, Stack } from 'aws-cdk-lib'
import { BuildSpec } from 'aws-cdk-lib/aws-codebuild'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { CodeBuildStep } from 'aws-cdk-lib/pipelines'

/**
 * A step of a CDK pipeline, for `pipeline.addStage(stage, { post: [waitForPermissionSets(…)] })`: the stages that follow begin when every
 * account has what this stage deployed.
 */
export function waitForPermissionSets(stack: Stack, instanceArn: string, { region = stack.region }: Environment = {}) {
  return new CodeBuildStep('WaitForPermissionSets', {
    env: { INSTANCE_ARN: instanceArn, AWS_REGION: region },
    partialBuildSpec: BuildSpec.fromObject({ phases: { install: { 'runtime-versions': { nodejs: 24 } } } }),
    commands: [
      'npx --yes wait-for-permission-set-provisioning@1 --permission-set-arn all --instance-arn "$INSTANCE_ARN"',
    ],
    rolePolicyStatements: [
      new PolicyStatement({
        actions: [
          'sso:DescribePermissionSet',
          'sso:DescribePermissionSetProvisioningStatus',
          'sso:ListAccountsForProvisionedPermissionSet',
          'sso:ListPermissionSetProvisioningStatus',
          'sso:ListPermissionSets',
        ],
        resources: [instanceArn, `${instanceArn.replace(':instance/', ':permissionSet/')}/*`],
      }),
    ],
  })
}
